using System.Text;

namespace Guard.Engine.Hosting;

/// <summary>
/// One state as sd_notify(3) sends it. The shape of Microsoft.Extensions.Hosting.Systemd, so that the package can take
/// this one's place.
/// </summary>
internal readonly struct ServiceState
{
    private readonly byte[] _data;

    /// <summary>Takes assignments, one a line.</summary>
    public ServiceState(string state) => _data = Encoding.UTF8.GetBytes(state);

    /// <summary>Start-up is finished.</summary>
    public static ServiceState Ready { get; } = new("READY=1");

    /// <summary>The stop has begun.</summary>
    public static ServiceState Stopping { get; } = new("STOPPING=1");

    /// <summary>The daemon lives.</summary>
    public static ServiceState Watchdog { get; } = new("WATCHDOG=1");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public static ServiceState Status(string text) => new("STATUS=" + text.ReplaceLineEndings(" "));

    /// <summary>The bytes of the datagram.</summary>
    public byte[] GetData() => _data ?? [];
}
