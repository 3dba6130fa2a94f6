using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed class TaskSeedingTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("0\n", 0)]
    [InlineData("17\n", 17)]
    [InlineData("1\n1\n1\n", 3)]
    public void The_seeding_iterators_numbers_are_added_up(string text, int expected) =>
        Assert.Equal(expected, TaskSeeding.SumNumbers(text));

    [Fact]
    public void What_is_no_number_is_refused() => Assert.Throws<KernelException>(() => TaskSeeding.SumNumbers("-1 or so"));
}
