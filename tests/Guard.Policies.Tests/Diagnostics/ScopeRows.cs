using Guard.Policies.Diagnostics;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Diagnostics;

/// <summary>The findings about scopes and where each must be reported.</summary>
internal static class ScopeRows
{
    public static IEnumerable<DiagnosticRow> All() =>
    [
        Scope(DiagnosticCatalogue.ScopeUnknownKey, "11,9", "unti: a.service"),
        Scope(DiagnosticCatalogue.ScopeUnknownKey, "12,13", "not:\n            not: {user: root}"),
        Scope(DiagnosticCatalogue.ScopeEmpty, "11,14", "not: {}"),
        Row(DiagnosticCatalogue.ScopeEmpty, "10,12", "    scope: {}"),
        Row(DiagnosticCatalogue.WrongType, "10,12", "    scope: nginx.service"),
        Scope(DiagnosticCatalogue.WrongType, "11,14", "not: nginx.service"),
        Scope(DiagnosticCatalogue.EmptyCollection, "11,15", "unit: []"),
        Scope(DiagnosticCatalogue.NullRefused, "11,15", "unit: null"),
        Scope(DiagnosticCatalogue.NestedValue, "11,16", "unit: [[a.service]]"),
        Scope(DiagnosticCatalogue.BadUnit, "11,15", "unit: nginx"),
        Scope(DiagnosticCatalogue.BadUnit, "11,27", "unit: [a.service, system.slice/a.service]"),
        Scope(DiagnosticCatalogue.BadCgroup, "11,17", "cgroup: system.slice"),
        Scope(DiagnosticCatalogue.BadCgroup, "11,17", "cgroup: /system.slice/"),
        Scope(DiagnosticCatalogue.BadCgroup, "11,17", "cgroup: /a/../b"),
        Scope(DiagnosticCatalogue.BadContainer, "11,20", "container: cafe"),
        Scope(DiagnosticCatalogue.BadContainer, "11,20", "container: web"),
        Scope(DiagnosticCatalogue.BadContainer, "11,20", "container: 'lxc:'"),
        Scope(DiagnosticCatalogue.NoSuchAccount, "11,15", "user: nobody_here"),
        Scope(DiagnosticCatalogue.NoSuchAccount, "11,21", "login_user: nobody_here"),
        Scope(DiagnosticCatalogue.NoSuchGroup, "11,16", "group: nobody_here"),
        Scope(DiagnosticCatalogue.BadMountNamespace, "11,26", "mount_namespace: guest"),
        Scope(DiagnosticCatalogue.BadMountNamespace, "11,26", "mount_namespace: '0'"),
        Item(DiagnosticCatalogue.BadUnit, "7,22", "SystemdUnit: a/b.service"),
        Item(DiagnosticCatalogue.ModifierNotForField, "7,9", "SystemdUnit|contains: a"),
        Item(DiagnosticCatalogue.ModifierNotForField, "7,9", "Group|gt: 1"),
        Item(DiagnosticCatalogue.BadContainer, "7,22", "ContainerId: web"),
        Item(DiagnosticCatalogue.BadUid, "7,14", "Gid: adm"),
        new(
            DiagnosticCatalogue.ConflictingOrders.Id,
            "p.yml(18,11)",
            [File(Exec(Sel, "name: a\nguard: {action: block}\n") + "---\ntitle: o\nguard:\n  action: block\n  scope: {unit: a.service}\n\n\n  rules: [a]\n")],
            new CompilerOptions()),
    ];

    private const string Sel = "sel:\n    Image: /bin/x\ncondition: sel";

    private static DiagnosticRow Scope(DiagnosticDescriptor descriptor, string where, string scope)
        => Row(descriptor, where, "    scope:\n        " + scope);

    private static DiagnosticRow Row(DiagnosticDescriptor descriptor, string where, string guard)
        => new(descriptor.Id, $"p.yml({where})", [File(Exec(Sel, "guard:\n" + guard))], new CompilerOptions());

    private static DiagnosticRow Item(DiagnosticDescriptor descriptor, string where, string item)
        => new(descriptor.Id, $"p.yml({where})", [File(Exec($"sel:\n    {item}\ncondition: sel"))], new CompilerOptions());
}
