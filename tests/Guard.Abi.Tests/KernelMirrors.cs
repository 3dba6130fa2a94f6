using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Guard.Policies.Image;

namespace Guard.Abi.Tests;

/// <summary>Finds what the managed side claims about the kernel's headers.</summary>
internal static partial class KernelMirrors
{
    private static readonly Assembly[] Assemblies =
        [typeof(KernelStructAttribute).Assembly, typeof(Guard.Engine.Events.GuardEvent).Assembly];

    /// <summary>Every managed struct that mirrors one of abi.h.</summary>
    public static IReadOnlyList<Type> Structs { get; } =
        [.. Assemblies.SelectMany(a => a.GetTypes()).Where(t => t.GetCustomAttribute<KernelStructAttribute>() is not null)];

    /// <summary>Every constant or enum member that mirrors a macro.</summary>
    public static IEnumerable<(string Macro, long Value)> Constants()
        => from type in Assemblies.SelectMany(a => a.GetTypes())
           let mark = type.GetCustomAttribute<KernelConstantsAttribute>()
           where mark is not null
           from field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
           where field.IsLiteral
           select (mark.Prefix + Snake(field.Name).ToUpperInvariant(), Convert.ToInt64(field.GetRawConstantValue()));

    /// <summary>What C must agree to about one struct.</summary>
    public static IEnumerable<string> AssertionsAbout(Type type)
    {
        var name = type.GetCustomAttribute<KernelStructAttribute>()!.Name;
        yield return $"sizeof(struct {name}) == {SizeOf(type)}, \"{type.Name} has another size\"";
        foreach (var field in FieldsOf(type))
        {
            var c = Snake(field.Name);
            yield return $"OFFSET({name}, {c}) == {OffsetOf(type, field)}, \"{type.Name}.{field.Name}: offset\"";
            yield return $"SIZE({name}, {c}) == {SizeOf(field.FieldType)}, \"{type.Name}.{field.Name}: size\"";
        }
    }

    public static FieldInfo[] FieldsOf(Type type)
        => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    /// <summary>PascalCase to snake_case.</summary>
    public static string Snake(string name) => Humps().Replace(name, "_$0").ToLowerInvariant();

    private static int SizeOf(Type type)
        => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    /// <summary>The real offset, as the runtime lays the struct out: Marshal.OffsetOf knows no in-place arrays.</summary>
    private static long OffsetOf(Type type, FieldInfo field)
    {
        var method = new DynamicMethod("offset", typeof(long), [type.MakeByRefType()], type, skipVisibility: true);
        var code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Conv_I8);
        code.Emit(OpCodes.Ret);
        return (long)method.Invoke(null, [Activator.CreateInstance(type)])!;
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Humps();
}
