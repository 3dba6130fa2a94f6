using Guard.Engine.Kernel.Abi;
using Guard.Policies.Image;
using Guard.Protocol;

namespace Guard.Engine;

/// <summary>The programs' counters in the words of the control API.</summary>
internal static class CounterReport
{
    private const int HookTaskAlloc = 2;
    private const int HookExecCommitted = 3;
    private const int HookExit = 4;

    /// <summary>The hooks that decide. What bprm_committed_creds denies is killed before its first instruction.</summary>
    public static IReadOnlyList<HookStatus> Hooks(GuardCounters counters)
        =>
        [
            .. KernelNames.NamedHooks.Where(hook => hook is not (HookTaskAlloc or HookExit)).Select(hook => new HookStatus(
                KernelNames.Hook(hook),
                (long)counters.Decisions[hook],
                (long)(hook == HookExecCommitted ? counters.Killed : counters.Denied[hook]),
                (long)counters.Audited[hook],
                (long)counters.Unknown[hook])),
        ];

    /// <summary>What came of asking for digests of files, only what happened.</summary>
    public static IReadOnlyDictionary<string, long> Digests(GuardCounters counters)
        => Enum.GetValues<DigestOutcome>()
            .Where(outcome => counters.Digests[(int)outcome] > 0)
            .ToDictionary(Word, outcome => (long)counters.Digests[(int)outcome]);

    private static string Word(DigestOutcome outcome) => outcome switch
    {
        DigestOutcome.Made => EngineStatus.DigestMade,
        DigestOutcome.Remembered => EngineStatus.DigestRemembered,
        DigestOutcome.Refused => EngineStatus.DigestRefused,
        DigestOutcome.TooLong => "too_long",
        DigestOutcome.Written => "open_for_writing",
        DigestOutcome.Elsewhere => "file_system",
        _ => "no_room",
    };

    /// <summary>Failures that happened, as hook.reason.</summary>
    public static IReadOnlyDictionary<string, long> Failures(GuardCounters counters)
    {
        var failures = new Dictionary<string, long>();
        foreach (var hook in KernelNames.NamedHooks)
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
