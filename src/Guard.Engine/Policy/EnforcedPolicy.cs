using Guard.Policies.Image;
using Guard.Protocol;

namespace Guard.Engine.Policy;

/// <summary>A policy that is live: its text, its image, and the number under which the kernel has it. Immutable.</summary>
/// <param name="Bundle">The files as they were pushed; none before the first push.</param>
/// <param name="Image">What they compiled to, with the engine's self-test.</param>
/// <param name="Generation">Number in the kernel.</param>
/// <param name="Pushed">When it was pushed; null for the empty policy of a first start.</param>
internal sealed record EnforcedPolicy(PolicyBundle Bundle, PolicyImage Image, ulong Generation, DateTimeOffset? Pushed)
{
    /// <summary>The rules that somebody wrote, with their numbers in the image.</summary>
    public IEnumerable<(int Number, CompiledRule Rule)> UserRules =>
        Image.Rules.Select((rule, number) => (number, rule)).Where(entry => !entry.rule.Identity.BuiltIn);
}
