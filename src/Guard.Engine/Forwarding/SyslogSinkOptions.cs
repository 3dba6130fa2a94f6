namespace Guard.Engine.Forwarding;

/// <summary>A syslog receiver: RFC 5424 over TCP, octet-counted (RFC 6587).</summary>
internal sealed record SyslogSinkOptions
{
    /// <summary>Name of the sink; names its cursor, so changing it sends the trail from the beginning.</summary>
    public required string Name { get; init; }

    /// <summary>Host name or address.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port.</summary>
    public int Port { get; init; } = 514;

    /// <summary>The private enterprise number of the structured data; the default is the one reserved for documentation.</summary>
    public int EnterpriseNumber { get; init; } = 32473;

    /// <summary>Most bytes of one message, 1024 to 1 MiB; longer ones lose arguments first and say trunc="1".</summary>
    public int MaxMessageBytes { get; init; } = 8192;

    /// <summary>HOSTNAME of the messages; this machine's name when null.</summary>
    public string? HostName { get; init; }

    /// <summary>Version that <c>origin</c> names.</summary>
    public string? SoftwareVersion { get; init; }

    /// <summary>
    /// How long a connection must stay healthy after a record was handed to the receiver's kernel before the record
    /// counts as delivered. Syslog has no acknowledgement; this covers a receiver that dies with unread input.
    /// </summary>
    public TimeSpan ConfirmAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long connecting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long sending one batch may take before the connection counts as dead.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
