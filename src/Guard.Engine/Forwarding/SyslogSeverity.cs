using Guard.Protocol;

namespace Guard.Engine.Forwarding;

/// <summary>The syslog severity of each kind of record.</summary>
internal static class SyslogSeverity
{
    private const int Alert = 1;
    private const int Error = 3;
    private const int Warning = 4;
    private const int Notice = 5;
    private const int Informational = 6;

    /// <summary>0 (emergency) to 7 (debug).</summary>
    public static int Of(string kind) => kind switch
    {
        AuditKinds.TrailSetAside => Alert,
        AuditKinds.EngineFailure or AuditKinds.EventsLost or AuditKinds.EventMalformed or AuditKinds.TrailDamaged => Error,
        AuditKinds.ExecDenied or AuditKinds.FileDenied or AuditKinds.OperationDenied or AuditKinds.ControlDenied => Warning,
        AuditKinds.ConnectDenied or AuditKinds.SendDenied or AuditKinds.BindDenied or AuditKinds.ListenDenied => Warning,
        AuditKinds.RawDenied or AuditKinds.FileHeld or AuditKinds.PolicySwept => Warning,
        AuditKinds.PolicyRefused or AuditKinds.PolicyRemoved or AuditKinds.TrailPruned => Warning,
        AuditKinds.EngineState or AuditKinds.EngineStopped => Warning,
        AuditKinds.ExecAudited or AuditKinds.FileAudited or AuditKinds.OperationAudited => Notice,
        AuditKinds.ConnectAudited or AuditKinds.SendAudited or AuditKinds.BindAudited or AuditKinds.ListenAudited => Notice,
        AuditKinds.RawAudited => Notice,
        AuditKinds.EngineStarted or AuditKinds.PolicyPushed => Notice,
        _ => Informational,
    };
}
