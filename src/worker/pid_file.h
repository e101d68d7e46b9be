/*
 * A file that says which worker runs: its process, version and the address of /metrics, a line each. It is locked
 * (fcntl) while that worker lives, however it ends; `local` asks the kernel for the lock, not the number for a process.
 */
#ifndef YTEMPIRE_WORKER_PID_FILE_H
#define YTEMPIRE_WORKER_PID_FILE_H

#include "ytempire/base/error.h"

/* ERR_CONFLICT with the process that has it; ERR_IO. `path` is borrowed until the end. */
int  pid_file_take(const char *path, int *ret_fd, struct error *error) NODISCARD;
int  pid_file_write(int fd, const char *path, const char *version, const char *address, struct error *error) NODISCARD;
void pid_file_let_go(int fd, const char *path);

#endif
