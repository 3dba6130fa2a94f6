namespace Guard.Engine.Interop;

/// <summary>A program of an object: valid as long as the object is, owned by it.</summary>
/// <param name="Object">Keeps the object alive.</param>
/// <param name="Pointer"><c>struct bpf_program *</c>.</param>
/// <param name="Name">Name of the function.</param>
/// <param name="Section">Its SEC(), which says where it attaches: <c>lsm/file_open</c>.</param>
internal readonly record struct BpfProgram(BpfObjectHandle Object, nint Pointer, string Name, string Section);

/// <summary>A map of an object: valid as long as the object is, owned by it.</summary>
/// <param name="Object">Keeps the object alive.</param>
/// <param name="Pointer"><c>struct bpf_map *</c>.</param>
/// <param name="Name">Name of the variable.</param>
/// <param name="IsInternal">Made by libbpf for .rodata, .data or .bss.</param>
internal readonly record struct BpfMap(BpfObjectHandle Object, nint Pointer, string Name, bool IsInternal);
