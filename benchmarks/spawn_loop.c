/*
 * The reference: spawns a program again and again with posix_spawn, some at once, reads its
 * stdout and stderr to their ends, reaps it, and prints the seconds it all took.
 *
 * spawn_loop TIMES AT_ONCE PROGRAM
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct child {
    pid_t pid;
    int open;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void start(char *program, struct child *child, struct pollfd *fds)
{
    int out[2], err[2];
    char *argv[] = {program, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
        die("pipe2");
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    if (posix_spawn(&child->pid, program, &actions, &attributes, argv, environ))
        die(program);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(err[1]);
    child->open = 2;
    fds[0] = (struct pollfd){.fd = out[0], .events = POLLIN};
    fds[1] = (struct pollfd){.fd = err[0], .events = POLLIN};
}

/* Whether the child came to its end. */
static int turn(struct child *child, struct pollfd *fds)
{
    char buffer[65536];

    for (int i = 0; i < 2; i++) {
        if (fds[i].fd < 0 || !fds[i].revents)
            continue;
        if (read(fds[i].fd, buffer, sizeof buffer) == 0) {
            close(fds[i].fd);
            fds[i].fd = -1;
            child->open--;
        }
    }
    if (child->open)
        return 0;
    if (waitpid(child->pid, NULL, 0) < 0)
        die("waitpid");
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    int left = atoi(argv[1]), width = atoi(argv[2]), running = 0;
    struct child *children = calloc(width, sizeof *children);
    struct pollfd *fds = calloc(2 * width, sizeof *fds);
    struct timespec began, ended;

    clock_gettime(CLOCK_MONOTONIC, &began);
    for (int i = 0; i < 2 * width; i++)
        fds[i].fd = -1;
    for (int i = 0; i < width && left; i++, left--, running++)
        start(argv[3], &children[i], &fds[2 * i]);
    while (running) {
        if (poll(fds, 2 * width, -1) < 0)
            die("poll");
        for (int i = 0; i < width; i++) {
            if (!children[i].open || !turn(&children[i], &fds[2 * i]))
                continue;
            running--;
            if (left) {
                left--, running++;
                start(argv[3], &children[i], &fds[2 * i]);
            }
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%.6f\n", ended.tv_sec - began.tv_sec + (ended.tv_nsec - began.tv_nsec) / 1e9);
    return 0;
}
