/* faults.h: fails the n-th call of one of the functions below, once, and counts them. The linker puts these in front of the real ones (tests/vault/meson.build). */
#ifndef HAVEN_TESTS_VAULT_FAULTS_H
#define HAVEN_TESTS_VAULT_FAULTS_H

#include <stdbool.h>

/* From now on the n-th call fails (0: none); writes with `shortly` write half. */
void faults_arm(int n, bool shortly);
/* Calls since then. */
int faults_seen(void);

#endif
