using Guard.Engine.Interop;

namespace Guard.Engine.Tests.Kernel;

/// <summary>
/// A BPF object that runs on this very machine: opened, loaded, its maps by name, its SEC("syscall") programs by
/// BPF_PROG_TEST_RUN. What the kernel's decisions are compared with the simulator's through.
/// </summary>
internal sealed class NativeProgram : IDisposable
{
    private readonly BpfObjectHandle _object;
    private readonly Dictionary<string, BpfProgram> _programs;
    private readonly Dictionary<string, FileDescriptorHandle> _maps;

    private NativeProgram(BpfObjectHandle bpfObject)
    {
        _object = bpfObject;
        _programs = Libbpf.Programs(bpfObject).ToDictionary(p => p.Name);
        _maps = Libbpf.Maps(bpfObject).ToDictionary(m => m.Name, Libbpf.DuplicateMap);
    }

    /// <summary>Opens and loads an object file.</summary>
    /// <exception cref="KernelException">The kernel refused; the message has the verifier's log.</exception>
    public static NativeProgram Load(string objectPath)
    {
        var bpfObject = Libbpf.OpenObject(objectPath);
        try
        {
            Libbpf.LoadObject(bpfObject);
            return new NativeProgram(bpfObject);
        }
        catch
        {
            bpfObject.Dispose();
            throw;
        }
    }

    /// <summary>A map by its name in the source.</summary>
    public FileDescriptorHandle Map(string name) => _maps[name];

    /// <summary>Runs a program once; the context is read and written in place.</summary>
    public uint Run(string program, Span<byte> context) => Libbpf.TestRun(_programs[program], context).ReturnValue;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var map in _maps.Values)
        {
            map.Dispose();
        }

        _object.Dispose();
    }
}
