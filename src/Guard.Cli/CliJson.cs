using System.Text.Json.Serialization;
using Guard.Cli.Explaining;

namespace Guard.Cli;

/// <summary>What <c>doctor -o json</c> prints.</summary>
/// <param name="Healthy">False when a check failed.</param>
/// <param name="Checks">All of them.</param>
internal sealed record DoctorReport(bool Healthy, IReadOnlyList<DoctorLine> Checks);

/// <summary>One line of doctor.</summary>
/// <param name="Name">Short and stable.</param>
/// <param name="Result">ok, warn or fail.</param>
/// <param name="Found">What is there.</param>
/// <param name="Remedy">What to do, or null.</param>
internal sealed record DoctorLine(string Name, string Result, string Found, string? Remedy);

/// <summary>What <c>version -o json</c> prints.</summary>
/// <param name="Guardctl">Of this program.</param>
/// <param name="Guardd">Of the daemon, or null when it cannot be asked.</param>
internal sealed record VersionReport(string Guardctl, string? Guardd);

/// <summary>guardctl's own documents.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(VersionReport))]
[JsonSerializable(typeof(ExplainReport))]
internal sealed partial class CliJson : JsonSerializerContext;
