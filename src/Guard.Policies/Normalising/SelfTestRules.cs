using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Normalising;

/// <summary>
/// The two rules that the engine brings along, so that it can prove at any time that the kernel really refuses: an
/// open and an exec of files that exist for nothing else.
/// </summary>
public static class SelfTestRules
{
    /// <summary>Id of the rule that refuses an open.</summary>
    public const string OpenId = "guard-self-test-open";

    /// <summary>Id of the rule that refuses an exec.</summary>
    public const string ExecId = "guard-self-test-exec";

    /// <summary>The file that nobody can read.</summary>
    public const string OpenPath = "/usr/lib/guard/self-test/denied";

    /// <summary>The program that nobody can run.</summary>
    public const string ExecPath = "/usr/lib/guard/self-test/denied-exec";

    private static readonly SourceSpan Span = new("(built-in)", 0, 0);

    internal static ImmutableArray<NormalisedRule> Build(AtomTable atoms)
    {
        var open = new AndNode(
        [
            atoms.Add(Equal(PolicyField.TargetFilename, TextRoles.Target, OpenPath)),
            atoms.Add(new AccessAtom(Span, AccessKinds.Read)),
        ]);
        var exec = atoms.Add(Equal(PolicyField.Image, TextRoles.Image, ExecPath));
        return
        [
            Rule(OpenId, "Self-test: refused open", RuleCategory.FileAccess, open),
            Rule(ExecId, "Self-test: refused exec", RuleCategory.ProcessCreation, exec),
        ];
    }

    private static TextAtom Equal(PolicyField field, TextRoles roles, string path)
    {
        PatternElement literal = new LiteralElement([.. Encoding.UTF8.GetBytes(path)]);
        return new TextAtom(field, Span, roles, [new TextPattern([literal], CaseSensitive: false)]);
    }

    private static NormalisedRule Rule(string id, string title, RuleCategory category, ConditionNode condition)
    {
        var identity = new RuleIdentity(id, title, null, RuleLevel.Informational, [], [], Span, BuiltIn: true);
        return new NormalisedRule(identity, category, RuleAction.Block, OnUnknown.Allow, condition);
    }
}
