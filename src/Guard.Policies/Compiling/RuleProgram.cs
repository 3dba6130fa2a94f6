using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>A condition in postfix.</summary>
/// <param name="Ops">op &lt;&lt; 28 | field &lt;&lt; 22 | atom.</param>
/// <param name="Fields">Bit f: the condition speaks of field f.</param>
internal sealed record RuleProgram(ImmutableArray<uint> Ops, uint Fields)
{
    /// <summary>Lowers one condition; null when it exceeds a bound.</summary>
    public static RuleProgram? Build(NormalisedPolicy policy, NormalisedRule rule, BudgetFindings findings)
    {
        var emitter = new Emitter(policy);
        emitter.Emit(rule.Condition);
        var span = rule.Identity.Span;
        var fits = findings.Check(
            BudgetFindings.RuleOps,
            span,
            emitter.Ops.Count,
            KernelLimits.RuleOpsMax,
            "GUARD_RULE_OPS_MAX",
            "operations of the rule's condition",
            "put alternatives of one field into one list of values, or split the rule");
        fits &= findings.Check(
            BudgetFindings.RuleDepth,
            span,
            emitter.Deepest,
            KernelLimits.RuleDepthMax,
            "GUARD_RULE_DEPTH_MAX",
            "nesting of the rule's condition",
            "use fewer parentheses inside parentheses, or split the rule");
        return fits ? new RuleProgram([.. emitter.Ops], emitter.Fields) : null;
    }

    /// <summary>An n-ary operation folds to the left, so that it needs two places on the stack whatever n is.</summary>
    private sealed class Emitter(NormalisedPolicy policy)
    {
        private int _depth;

        public List<uint> Ops { get; } = [];

        public uint Fields { get; private set; }

        public int Deepest { get; private set; }

        public void Emit(ConditionNode node)
        {
            switch (node)
            {
                case AtomNode atom:
                    EmitAtom(atom.Atom);
                    break;
                case NotNode not:
                    Emit(not.Operand);
                    Ops.Add(KernelAbi.OpNot << KernelAbi.OpShift);
                    break;
                case AndNode and:
                    EmitFold(and.Operands, KernelAbi.OpAnd);
                    break;
                case OrNode or:
                    EmitFold(or.Operands, KernelAbi.OpOr);
                    break;
                case ConstantNode constant:
                    Push((constant.Value ? KernelAbi.OpTrue : KernelAbi.OpFalse) << KernelAbi.OpShift);
                    break;
            }
        }

        /// <summary>
        /// An Image atom of a positive position reads two texts, each of which can be incomplete on its own: it is
        /// written as "known by the one or by the other". Under a negation Image reads the resolved path alone, and
        /// an invoked name that is not known must not make an exclusion unknown.
        /// </summary>
        private void EmitAtom(int number)
        {
            var atom = policy.Atoms[number];
            PushAtom(number, atom.Field);
            if (atom is TextAtom { Field: PolicyField.Image } text && text.Roles.HasFlag(TextRoles.Invoked))
            {
                PushAtom(number, PolicyField.ImageInvoked);
                Combine(KernelAbi.OpOr);
            }
        }

        private void PushAtom(int number, PolicyField field)
        {
            Fields |= 1u << (int)field;
            Push(KernelAbi.OpAtom << KernelAbi.OpShift | (uint)field << KernelAbi.OpFieldShift | (uint)number);
        }

        private void EmitFold(ImmutableArray<ConditionNode> operands, uint op)
        {
            Emit(operands[0]);
            foreach (var operand in operands.AsSpan()[1..])
            {
                Emit(operand);
                Combine(op);
            }
        }

        private void Push(uint op)
        {
            Ops.Add(op);
            Deepest = Math.Max(Deepest, ++_depth);
        }

        private void Combine(uint op)
        {
            Ops.Add(op << KernelAbi.OpShift);
            _depth--;
        }
    }
}
