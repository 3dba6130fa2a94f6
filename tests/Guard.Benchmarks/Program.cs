using Guard.Benchmarks;

return args switch
{
    ["rules", var output, var sigma] => RuleSetWriter.Run(output, sigma),
    ["native", var baseline, var sigma] => NativeReport.Run(baseline, sigma),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Guard.Benchmarks rules OUTPUT SIGMA     the policies that the guests measure, as files below OUTPUT
               Guard.Benchmarks native BASELINE SIGMA  times on this machine, as lines of
                   native<TAB>what<TAB>rules<TAB>path bytes<TAB>repeats<TAB>minimum<TAB>median<TAB>unit
               SIGMA is a folder of Sigma rules, BASELINE an object with the empty program
        """);
    return 2;
}
