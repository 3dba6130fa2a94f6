using Guard.Engine.Interop;

namespace Guard.Benchmarks;

/// <summary>The empty program: what a system call that runs a program costs without any decision.</summary>
internal sealed class BaselineProgram : IDisposable
{
    private const int Batches = 40;
    private const int PerBatch = 2_000;

    private readonly BpfObjectHandle _object;
    private readonly BpfProgram _program;

    /// <summary>Loads tests/bench/empty_native.bpf.c as it was built.</summary>
    public BaselineProgram(string path)
    {
        _object = Libbpf.OpenObject(path);
        Libbpf.LoadObject(_object);
        _program = Libbpf.Programs(_object).Single();
    }

    /// <inheritdoc/>
    public void Dispose() => _object.Dispose();

    /// <summary>One system call that runs it.</summary>
    public Measurement Measure() => Measurement.Of(Batches, PerBatch, () => Libbpf.TestRun(_program, []));
}
