using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Guard.Cli;

/// <summary>
/// Options and arguments that take fixed words or numbers. The library would refuse others with a list over several lines,
/// or with the name of a type.
/// </summary>
internal static class OptionValues
{
    /// <summary>Takes these words alone, and offers them to shells.</summary>
    public static void AcceptOnly(this Option option, params IReadOnlyList<string> words)
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. words]);
        option.Validators.Add(result => Refuse(result, option.Name, words));
    }

    /// <summary>Takes these words alone, and offers them to shells.</summary>
    public static void AcceptOnly(this Argument argument, params IReadOnlyList<string> words)
    {
        argument.CompletionSources.Clear();
        argument.CompletionSources.Add([.. words]);
        argument.Validators.Add(result => Refuse(result, argument.Name, words));
    }

    /// <summary>Offers words to shells that depend on what else was typed; others are taken as well.</summary>
    public static void Offer(this Option option, Func<ParseResult, IEnumerable<string>> words)
        => option.CompletionSources.Add(context => words(context.ParseResult).Select(word => new CompletionItem(word)));

    /// <summary>Offers words to shells that depend on what else was typed; others are taken as well.</summary>
    public static void Offer(this Argument argument, Func<ParseResult, IEnumerable<string>> words)
        => argument.CompletionSources.Add(context => words(context.ParseResult).Select(word => new CompletionItem(word)));

    /// <summary>An option that takes a whole number in digits.</summary>
    public static Option<T?> Number<T>(string name, string helpName, string description, params string[] aliases)
        where T : struct, INumber<T>, IMinMaxValue<T> => new(name, aliases)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    return number;
                }

                result.AddError($"'{text}' is no value of {name}: write a whole number from 0 to {T.MaxValue} in digits");
                return null;
            },
        };

    private static void Refuse(SymbolResult result, string name, IReadOnlyList<string> words)
    {
        foreach (var token in result.Tokens.Where(token => !words.Contains(token.Value)))
        {
            result.AddError($"'{token.Value}' is no value of {name}: it takes {Alternatives(words)}");
        }
    }

    private static string Alternatives(IReadOnlyList<string> words)
        => words.Count < 2 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";
}
