using Guard.Policies.Image;

namespace Guard.Engine.Kernel.Abi;

/// <summary>Numbers of bpf/lsm/abi.h and limits.h that the engine needs, proved equal by Guard.Abi.Tests.</summary>
[KernelConstants("GUARD_")]
internal static class EngineAbi
{
    /// <summary>GUARD_ABI_VERSION.</summary>
    public const int AbiVersion = 1;

    /// <summary>GUARD_IMAGE_MAGIC.</summary>
    public const uint ImageMagic = 0x474d4947;

    /// <summary>GUARD_IMAGE_BYTES.</summary>
    public const int ImageBytes = 4 << 20;

    /// <summary>GUARD_IMAGE_SLACK.</summary>
    public const int ImageSlack = 4096;

    /// <summary>GUARD_HOOKS.</summary>
    public const int Hooks = 8;

    /// <summary>GUARD_REASONS.</summary>
    public const int Reasons = 16;

    /// <summary>GUARD_RINGS.</summary>
    public const int Rings = 2;

    /// <summary>GUARD_EVENT_RULES_MAX.</summary>
    public const int EventRulesMax = 8;

    /// <summary>GUARD_RULES_MAX.</summary>
    public const int RulesMax = 65535;

    /// <summary>GUARD_PATH_MAX.</summary>
    public const int PathMax = 4096;

    /// <summary>GUARD_ARGS_MAX.</summary>
    public const int ArgsMax = 4096;
}
