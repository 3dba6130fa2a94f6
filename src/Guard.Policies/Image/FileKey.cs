namespace Guard.Policies.Image;

/// <summary>
/// What a file is whatever it is called, as the kernel told it. Only on file systems where that is an identity, see
/// bpf/lsm/identity.h.
/// </summary>
/// <param name="Inode">Its number.</param>
/// <param name="Device">Of the file system: major &lt;&lt; 20 | minor, as the kernel keeps it.</param>
/// <param name="Generation">Tells it from a later file with the same number; never 0.</param>
public readonly record struct FileKey(ulong Inode, uint Device, uint Generation);
