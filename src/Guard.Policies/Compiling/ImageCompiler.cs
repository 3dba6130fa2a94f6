using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>STUB so that the front end builds alone; the back end replaces this file.</summary>
public static class ImageCompiler
{
    /// <summary>Compiles nothing.</summary>
    /// <param name="policy">What would be compiled.</param>
    /// <returns>An empty image.</returns>
    public static ImageCompilation Compile(NormalisedPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var rules = policy.Rules.Select(r => new CompiledRule(r.Identity, r.Category, r.Action, r.OnUnknown));
        return new ImageCompilation(new PolicyImage(new byte[64], [.. rules]), []);
    }
}
