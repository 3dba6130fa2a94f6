using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation;

/// <summary>The part that is about operations which are neither on the name of a file nor on a socket.</summary>
internal sealed partial class DecisionRun
{
    private bool IsOperation => request.Category == RuleCategory.Operation;

    /// <summary>Whether it is an operation and one of these.</summary>
    private bool IsOperationOn(uint operations)
        => IsOperation && (operations >> (int)OperationNumbers.Kind(request.SystemOperation) & 1) != 0;

    private void MarkOperation()
    {
        if (IsOperationOn(KernelAbi.OperationsOnFiles))
        {
            MarkUnless(request.Target, PolicyField.TargetFilename);
        }

        if (IsOperationOn(KernelAbi.OperationsOnObjects))
        {
            MarkUnless(request.Object, PolicyField.FilesystemType);
        }

        if (IsOperationOn(KernelAbi.OperationsOnProcesses))
        {
            MarkUnless(request.TargetImage, PolicyField.TargetImage);
        }
    }

    /// <summary>Of an operation: its file, its object, or the program of the process that it acts on.</summary>
    private void CollectOperation()
    {
        var fits = true;
        if (IsOperationOn(KernelAbi.OperationsOnFiles))
        {
            CollectFile(KernelAbi.TextTarget, KernelAbi.RoleTarget, HoldCause.Target, HoldCause.TargetFile);
        }

        if (IsOperationOn(KernelAbi.OperationsOnObjects))
        {
            fits = _walk.Run(KernelAbi.TextObject, request.Object, KernelAbi.RoleObject, (a, _) => Hold(a, HoldCause.Object));
        }

        if (IsOperationOn(KernelAbi.OperationsOnProcesses))
        {
            const ushort role = KernelAbi.RoleTargetImage;
            fits &= _walk.Run(KernelAbi.TextImage, request.TargetImage, role, (a, _) => Hold(a, HoldCause.TargetImage));
            _walk.RunIdentity(request.TargetImageFile, role, (a, _) => Hold(a, HoldCause.TargetImageFile));
        }

        if (!fits)
        {
            Fail(DecisionFailure.TooManyMatches);
        }
    }

    private void HoldOperation()
    {
        if (IsOperation)
        {
            HoldRange(KernelAbi.NumberSystemOperation, request.SystemOperation, HoldCause.SystemOperation);
        }

        if (IsCredential(CredentialType.User))
        {
            HoldRange(KernelAbi.NumberNewUid, request.NewId, HoldCause.NewUid);
        }
        else if (IsCredential(CredentialType.Group))
        {
            HoldRange(KernelAbi.NumberNewGid, request.NewId, HoldCause.NewGid);
        }
    }

    private bool IsCapabilityAsked
        => OperationNumbers.Way(request.SystemOperation) is < KernelAbi.Capabilities and var capability
            && (image.Header.Capabilities[(int)capability >> 5] >> (int)(capability & 31) & 1) != 0;

    private bool IsCredential(CredentialType type)
        => IsOperation && request.SystemOperation == OperationNumbers.Of(OperationKind.Credentials, (uint)type);
}
