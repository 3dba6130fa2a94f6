using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>What satisfied an item, in the words of rules.</summary>
internal static class CauseNames
{
    /// <summary>The name of a field, or of the second name under which a program is known.</summary>
    public static string Of(HoldCause cause) => cause switch
    {
        HoldCause.Image => "Image",
        HoldCause.Invoked => "ImageInvoked",
        HoldCause.CommandLine => "CommandLine",
        HoldCause.Directory => "CurrentDirectory",
        HoldCause.ParentImage => "ParentImage",
        HoldCause.ParentInvoked => "ParentImage, as it was called",
        HoldCause.ParentCommandLine => "ParentCommandLine",
        HoldCause.Ancestor => "AncestorImage",
        HoldCause.AncestorCommandLine => "AncestorCommandLine",
        HoldCause.Target => "TargetFilename",
        HoldCause.OtherName => "its name without bind mounts",
        HoldCause.RenamedDirectory => "TargetFilename, of what is below the directory",
        HoldCause.TargetFile => "TargetFilename, under another name",
        HoldCause.ImageFile => "Image, under another name",
        HoldCause.ParentFile => "ParentImage, under another name",
        HoldCause.Loaded => "ImageLoaded",
        HoldCause.LoadedFile => "ImageLoaded, under another name",
        HoldCause.Uid => "User",
        HoldCause.Logon => "LogonId",
        HoldCause.Access => "Access",
        HoldCause.Property => "ImageProperties",
        HoldCause.Address => "the address",
        HoldCause.Port => "the port",
        HoldCause.Family => "AddressFamily",
        HoldCause.Protocol => "Protocol",
        HoldCause.Operation => "Operation",
        HoldCause.Cgroup => "CgroupPath",
        HoldCause.Digest => "sha256",
        HoldCause.Object => "FilesystemType",
        HoldCause.TargetImage => "TargetImage",
        HoldCause.TargetImageFile => "TargetImage, under another name",
        HoldCause.SystemOperation => "the operation",
        HoldCause.NewUid => "NewUid",
        HoldCause.NewGid => "NewGid",
        _ => cause.ToString(),
    };
}
