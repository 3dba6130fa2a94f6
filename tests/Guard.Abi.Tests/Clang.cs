using System.Diagnostics;
using System.Text;

namespace Guard.Abi.Tests;

/// <summary>Has the compiler of the kernel programs judge assertions about their headers.</summary>
internal static class Clang
{
    private const string Prologue =
        """
        typedef unsigned char __u8;
        typedef unsigned short __u16;
        typedef unsigned int __u32;
        typedef unsigned long long __u64;
        typedef int __s32;
        #include "abi.h"
        #define OFFSET(type, field) __builtin_offsetof(struct type, field)
        #define SIZE(type, field) sizeof(((struct type *)0)->field)

        """;

    /// <summary>Compiles the assertions for the kernel's target.</summary>
    /// <param name="assertions">Each <c>condition, "what it says"</c>.</param>
    /// <returns>What clang complains about; empty when all of them hold.</returns>
    public static string Judge(IEnumerable<string> assertions)
    {
        var source = new StringBuilder(Prologue);
        foreach (var assertion in assertions)
        {
            source.Append("_Static_assert(").Append(assertion).AppendLine(");");
        }

        string[] arguments =
            ["-target", "bpf", "-fsyntax-only", "-ferror-limit=0", "-I", Repository.Headers, "-x", "c", "-"];
        var start = new ProcessStartInfo("clang", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using var clang = Process.Start(start)!;
        clang.StandardInput.Write(source);
        clang.StandardInput.Close();
        var complaints = clang.StandardError.ReadToEnd();
        clang.WaitForExit();
        return clang.ExitCode == 0 ? string.Empty : complaints;
    }
}
