using Guard.Engine.Kernel.Abi;
using Guard.Policies.Image;
using Guard.Protocol;

namespace Guard.Engine;

/// <summary>The programs' counters in the words of the control API.</summary>
internal static class CounterReport
{
    private const int HookExec = 0;
    private const int HookFileOpen = 1;
    private const int HookExecCommitted = 3;

    /// <summary>The hooks that decide. What the last one denies is killed before its first instruction.</summary>
    public static IReadOnlyList<HookStatus> Hooks(GuardCounters counters)
    {
        int[] deciding = [HookExec, HookFileOpen];
        return
        [
            .. deciding.Select(hook => new HookStatus(
                KernelNames.Hook(hook),
                (long)counters.Decisions[hook],
                (long)counters.Denied[hook],
                (long)counters.Audited[hook],
                (long)counters.Unknown[hook])),
            new HookStatus(
                KernelNames.Hook(HookExecCommitted),
                (long)counters.Decisions[HookExecCommitted],
                (long)counters.Killed,
                (long)counters.Audited[HookExecCommitted],
                (long)counters.Unknown[HookExecCommitted]),
        ];
    }

    /// <summary>Failures that happened, as hook.reason.</summary>
    public static IReadOnlyDictionary<string, long> Failures(GuardCounters counters)
    {
        var failures = new Dictionary<string, long>();
        for (var hook = 0; hook < KernelNames.HookCount; hook++)
        {
            for (var reason = 0; reason < KernelNames.ReasonCount; reason++)
            {
                var count = (long)counters.Failures[(hook * KernelAbi.Reasons) + reason];
                if (count > 0)
                {
                    failures[$"{KernelNames.Hook(hook)}.{KernelNames.Reason(reason)}"] = count;
                }
            }
        }

        return failures;
    }
}
