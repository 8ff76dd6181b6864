/* folder.h - a folder of results that is there in full or not at all.
 *
 * It is written beside its place under another name and takes its place when everything in it is on
 * the disk. Every error of the file system is a diagnostic; after one, nothing is left behind. */
#ifndef SIM_FOLDER_H
#define SIM_FOLDER_H

#include <stdbool.h>
#include <stdio.h>

#include "diag.h"

struct folder;

/* Begin a folder that will be `path`; folders above it are made. A folder that is there already is
 * replaced in the end, but only when it is empty or has a file called `mark`. NULL: reported. */
struct folder *folder_begin(const char *path, const char *mark, struct diag *d);

/* Open a file in it for writing. NULL: reported. */
FILE *folder_open(struct folder *f, const char *name);

/* Write to that file. What can't be written is reported at once, and once. */
void folder_write(struct folder *f, FILE *file, const char *name, const char *bytes, size_t n);

/* Close that file; true when all of it has been written. */
bool folder_close(struct folder *f, FILE *file, const char *name);

/* Put the folder in its place. False: reported, and it is gone. Frees f in any case. */
bool folder_commit(struct folder *f);

/* Remove everything that was written. NULL is fine. */
void folder_abandon(struct folder *f);

/* Make a folder, and those above it, where they are missing. False: reported. */
bool folder_make(const char *path, struct diag *d);

/* Remove what the process `pid`, which was killed, had begun for this path. */
void folder_sweep(const char *path, long pid);

#endif
