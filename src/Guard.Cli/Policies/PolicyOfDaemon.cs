using System.Text;
using Guard.Policies;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary>The policy in force, put together from what guardd shows of each rule.</summary>
internal static class PolicyOfDaemon
{
    /// <summary>Fetches every file of which a rule is in force, and compiles them as guardd does.</summary>
    public static async Task<LocalCheck> FetchAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var client = run.Connect();
        var listing = await client.GetAsync(ControlApi.Policy, GuardJson.Default.PolicyListing, cancellationToken).ConfigureAwait(false);
        var files = new Dictionary<string, PolicyFile>(StringComparer.Ordinal);
        foreach (var rule in listing.Rules.Select(listed => listed.Rule))
        {
            if (rule.Source is { } source && files.ContainsKey(FileOf(source)))
            {
                continue;
            }

            var query = ControlClient.Query(ControlApi.PolicyShow, ("id", rule.Id));
            var text = await client.GetAsync(query, GuardJson.Default.PolicyText, cancellationToken).ConfigureAwait(false);
            files.TryAdd(text.File, new PolicyFile(text.File, Encoding.UTF8.GetBytes(text.Text)));
        }

        var check = LocalCheck.Compile(run, [.. files.Values.OrderBy(file => file.Name, StringComparer.Ordinal)]);
        if (check.Image is { } image && listing.Hash is { } inForce && image.PolicyHash != inForce)
        {
            run.Note("what guardd shows compiles to another image here than the one in force; accounts or versions may differ");
        }

        return check;
    }

    /// <summary>a.yml of a.yml(3,1).</summary>
    private static string FileOf(string source) => source.LastIndexOf('(') is var at and > 0 ? source[..at] : source;
}
