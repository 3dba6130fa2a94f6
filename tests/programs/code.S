/* Machine code that says so when it runs, and ends: position-independent, no
 * headers, as it is put into memory by hand. */
    .text
    .globl _start
_start:
    movl $1, %eax
    movl $1, %edi
    leaq text(%rip), %rsi
    movl $8, %edx
    syscall
    movl $60, %eax
    xorl %edi, %edi
    syscall
text:
    .ascii "REACHED\n"
    .section .note.GNU-stack, "", @progbits
