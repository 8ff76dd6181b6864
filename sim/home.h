/* home.h - where the program's own files are: parts, plot scripts, scenarios. */
#ifndef SIM_HOME_H
#define SIM_HOME_H

/* "/usr/share/powergap" for /usr/bin/powergap: share/powergap beside the folder that the program is in,
 * wherever that was put. It need not be there. */
const char *home_data(void);

#endif
