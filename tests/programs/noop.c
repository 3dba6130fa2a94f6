/* A program to be executed: exits with its first argument, or 0. Small, so
 * that copying it to many paths and running it many times costs little. */
#include <stdlib.h>

int main(int argc, char **argv)
{
    return argc > 1 ? atoi(argv[1]) : 0;
}
