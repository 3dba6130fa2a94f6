using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation;

/// <summary>The first step: which fields are not known completely.</summary>
internal sealed partial class DecisionRun
{
    private void MarkIncomplete()
    {
        if (request.OtherName is { } other && TargetField is { } field)
        {
            MarkUnless(other, field);
        }

        if (IsMapped)
        {
            MarkUnless(request.Target, PolicyField.Image);
            Mark(PolicyField.CommandLine);
        }
        else
        {
            MarkUnless(request.Image, PolicyField.Image);
            MarkUnless(request.Invoked, PolicyField.ImageInvoked);
            MarkUnless(request.CommandLine, PolicyField.CommandLine);
        }

        MarkUnless(request.ParentImage, PolicyField.ParentImage, PolicyField.AncestorImage);
        MarkUnless(request.ParentInvoked, PolicyField.ParentImage, PolicyField.AncestorImage);
        MarkUnless(request.ParentCommandLine, PolicyField.ParentCommandLine, PolicyField.AncestorCommandLine);
        if (!request.AncestorsKnown)
        {
            Mark(PolicyField.AncestorImage, PolicyField.AncestorCommandLine);
        }

        foreach (var ancestor in request.Ancestors)
        {
            MarkUnless(ancestor.Image, PolicyField.AncestorImage);
            MarkUnless(ancestor.Invoked, PolicyField.AncestorImage);
            MarkUnless(ancestor.CommandLine, PolicyField.AncestorCommandLine);
        }

        if (HasDigest && request.Digest.State != TextState.Complete)
        {
            MarkAsked(PolicyField.Digest);
        }

        MarkUnless(request.Cgroup, PolicyField.CgroupPath);
        MarkUnless(request.Group, PolicyField.Group);
        MarkUnless(request.MountNamespace, PolicyField.MountNamespace);
        switch (request.Category)
        {
            case RuleCategory.FileAccess:
                MarkUnless(request.Target, PolicyField.TargetFilename);
                break;
            case RuleCategory.ImageLoad:
                MarkUnless(request.Target, PolicyField.ImageLoaded);
                break;
            case RuleCategory.MappedProgram:
                Mark(PolicyField.CurrentDirectory, PolicyField.ImageProperties);
                break;
            case RuleCategory.NetworkConnection:
                MarkSocket();
                break;
            case RuleCategory.Operation:
                MarkOperation();
                break;
            default:
                MarkUnless(request.CurrentDirectory, PolicyField.CurrentDirectory);
                break;
        }
    }

    /// <summary>The field that the file of a decision is; null: it has none.</summary>
    private PolicyField? TargetField => request.Category switch
    {
        RuleCategory.ProcessCreation or RuleCategory.MappedProgram => PolicyField.Image,
        RuleCategory.ImageLoad => PolicyField.ImageLoaded,
        RuleCategory.FileAccess => PolicyField.TargetFilename,
        _ => IsOperationOn(KernelAbi.OperationsOnFiles) ? PolicyField.TargetFilename : null,
    };

    private void MarkSocket()
    {
        if (request.Socket.IsOutgoing)
        {
            MarkAsked(PolicyField.SourceIp, PolicyField.SourcePort);
        }

        if (request.Socket is { HasAddress: true, Address: null })
        {
            MarkAsked(
                request.Socket.IsOutgoing ? PolicyField.DestinationIp : PolicyField.SourceIp,
                request.Socket.IsOutgoing ? PolicyField.DestinationPort : PolicyField.SourcePort,
                PolicyField.AddressFamily);
        }
    }

    /// <summary>What no rule of the category asks for makes nothing unknown.</summary>
    private void MarkAsked(params ReadOnlySpan<PolicyField> fields)
    {
        foreach (var field in fields)
        {
            _incomplete |= _category.Fields & 1u << (int)field;
        }
    }

    private void MarkUnless(RequestText text, params ReadOnlySpan<PolicyField> fields)
    {
        if (text.State != TextState.Complete)
        {
            Mark(fields);
        }
    }

    private void MarkUnless(uint? number, PolicyField field)
    {
        if (number is null)
        {
            Mark(field);
        }
    }

    private void Mark(params ReadOnlySpan<PolicyField> fields)
    {
        foreach (var field in fields)
        {
            _incomplete |= 1u << (int)field;
        }
    }
}
