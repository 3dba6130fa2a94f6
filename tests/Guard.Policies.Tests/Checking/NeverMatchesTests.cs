using System.Net;
using Guard.Policies.Compiling;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Checking;

/// <summary>What is refused because it can never match is matched by no operation that there is.</summary>
public sealed class NeverMatchesTests
{
    private static readonly string[] NetworkItems =
    [
        "Operation: connect", "Operation: [bind, listen]", "Operation: raw", "Initiated: 'true'", "DestinationPort: 80",
        "DestinationIp: 192.0.2.1", "SourcePort: 80", "SourceIp: 192.0.2.1", "AddressFamily: packet", "AddressFamily: ipv4",
        "Protocol: tcp",
    ];

    private static readonly string[] CredentialItems =
        ["CredentialType: user", "CredentialType: group", "NewUid: 5", "NewGid: 5", "NewUid|neq: 5", "Uid: 5"];

    [Theory]
    [InlineData("network_connection", "allow")]
    [InlineData("network_connection", "deny")]
    [InlineData("process_credentials", "allow")]
    [InlineData("process_credentials", "deny")]
    public void No_operation_is_one_that_a_refused_rule_matches(string category, string onUnknown)
    {
        var (items, requests) = category == "network_connection" ? (NetworkItems, Sockets()) : (CredentialItems, Credentials());
        var asked = requests.ToList();
        var refused = 0;
        foreach (var (a, b, condition) in from a in items from b in items from c in (string[])["a and b", "a and not b", "not (a or b)"] select (a, b, c))
        {
            var text = Rule(category, $"a: {{{a}}}\nb: {{{b}}}\ncondition: {condition}", $"guard: {{action: block, on_unknown: {onUnknown}}}");
            var result = Compile(text, new CompilerOptions { AllowLockOut = true });
            if (Where(result, DiagnosticCatalogue.NeverMatches).Any() && a != b)
            {
                refused++;
                var simulator = new ImageSimulator(ImageCompiler.Compile(result.Normalised!).Image!);
                Assert.All(asked, request => Assert.True(simulator.Decide(request).Verdict == Verdict.Allow, $"{text}\n{request.Socket}"));
            }
        }

        Assert.True(refused > 5, $"{refused} were refused: this proves nothing");
    }

    private static IEnumerable<DecisionRequest> Sockets()
    {
        foreach (var operation in Enum.GetValues<NetworkOperation>().Where(o => o != NetworkOperation.Raw))
        {
            foreach (var address in (IPAddress?[])[null, IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")])
            {
                yield return Of(new RequestSocket(operation, 6, address, 80));
                yield return Of(new RequestSocket(operation, 6, address, 81));
            }
        }

        foreach (var family in (ushort[])[2, 10, 17, 44])
        {
            yield return Of(new RequestSocket(NetworkOperation.Raw, 0, null, 0) { Family = family });
            if (family is 2 or 10)
            {
                yield return Of(new RequestSocket(NetworkOperation.Raw, 6, null, 0) { Family = family });
            }
        }

        static DecisionRequest Of(RequestSocket socket) => Known(RuleCategory.NetworkConnection) with { Socket = socket };
    }

    private static IEnumerable<DecisionRequest> Credentials() =>
        from type in Enum.GetValues<CredentialType>()
        from id in (uint[])[5, 6]
        from uid in (uint[])[5, 6]
        select Known(RuleCategory.Operation) with
        {
            SystemOperation = OperationNumbers.Of(OperationKind.Credentials, (uint)type),
            NewId = id,
            Uid = uid,
        };

    private static DecisionRequest Known(RuleCategory category) => new(category)
    {
        Image = RequestText.Of("/x"),
        Invoked = RequestText.Of("/x"),
        CommandLine = RequestText.Of("x"),
        Cgroup = RequestText.Of("/"),
    };
}
