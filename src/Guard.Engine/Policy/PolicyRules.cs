using Guard.Policies;

namespace Guard.Engine.Policy;

/// <summary>What this machine brings to every compilation.</summary>
/// <param name="Secret">Of the hash by which long lists are looked up.</param>
/// <param name="Survival">What no rule may refuse root, beside the built-in set.</param>
internal sealed record PolicyRules(byte[] Secret, SurvivalEntries Survival);
