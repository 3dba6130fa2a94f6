using System.Runtime.CompilerServices;

namespace Guard.Policies.Image;

/// <summary>Two elements in place, as in a C struct.</summary>
/// <typeparam name="T">Unmanaged element.</typeparam>
[InlineArray(2)]
public struct Inline2<T>
    where T : unmanaged
{
    private T _first;
}

/// <summary>Three elements in place, as in a C struct.</summary>
/// <typeparam name="T">Unmanaged element.</typeparam>
[InlineArray(3)]
public struct Inline3<T>
    where T : unmanaged
{
    private T _first;
}

/// <summary>Eight elements in place, as in a C struct.</summary>
/// <typeparam name="T">Unmanaged element.</typeparam>
[InlineArray(8)]
public struct Inline8<T>
    where T : unmanaged
{
    private T _first;
}

/// <summary>Sixteen elements in place, as in a C struct.</summary>
/// <typeparam name="T">Unmanaged element.</typeparam>
[InlineArray(16)]
public struct Inline16<T>
    where T : unmanaged
{
    private T _first;
}

/// <summary>Thirty-two elements in place, as in a C struct.</summary>
/// <typeparam name="T">Unmanaged element.</typeparam>
[InlineArray(32)]
public struct Inline32<T>
    where T : unmanaged
{
    private T _first;
}
