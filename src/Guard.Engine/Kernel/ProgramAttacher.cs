using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>Puts a loaded program at its hook. The seam for machines whose kernel refuses LSM programs.</summary>
internal interface IProgramAttacher
{
    /// <summary>Attaches, or throws <see cref="KernelException"/>.</summary>
    BpfLinkHandle Attach(BpfProgram program);
}

/// <summary>Attaches by what SEC() says.</summary>
internal sealed class ProgramAttacher : IProgramAttacher
{
    /// <inheritdoc/>
    public BpfLinkHandle Attach(BpfProgram program) => Libbpf.Attach(program);
}
