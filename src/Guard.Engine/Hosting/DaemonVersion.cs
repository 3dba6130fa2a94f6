using System.Reflection;

namespace Guard.Engine.Hosting;

/// <summary>Guard's version as the build wrote it down.</summary>
internal static class DaemonVersion
{
    /// <summary>As in <c>0.1.0</c>.</summary>
    public static string Short { get; } = Full.Split('+')[0];

    /// <summary>With the commit, as in <c>0.1.0+1a2b3c</c>, where the build knew it.</summary>
    public static string Full
        => typeof(DaemonVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
