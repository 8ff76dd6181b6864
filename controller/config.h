/* config.h - is a configuration table one that the controller can work with? */
#ifndef CONTROLLER_CONFIG_H
#define CONTROLLER_CONFIG_H

#include "ctl_config.h"

enum config_fault {
    CONFIG_SOUND,
    CONFIG_TOO_MANY,      /* more of something than compiled for */
    CONFIG_NOTHING,       /* no supply, no bar or no switch */
    CONFIG_NO_SUCH,       /* an index that points past its table */
    CONFIG_ADDRESS,       /* not a 7-bit address, or one that SMBus reserves */
    CONFIG_ADDRESS_TWICE, /* two devices would answer at once */
    CONFIG_CHANNEL,       /* no such mux channel */
    CONFIG_BIT,           /* no such expander pin, or used twice */
    CONFIG_SWITCH_TWICE,  /* two switches join the same supply to the same bar */
    CONFIG_WINDOW,        /* a bar's voltage window is empty or absurd */
    CONFIG_POWER,         /* a capacity of zero, a power that sums would overflow on, or a cap above
                             what the server draws */
    CONFIG_TIME,          /* a time beyond half an hour: the clock wraps */
    CONFIG_LANES,         /* a voltage read too rarely; more slow readings than there are */
    CONFIG_TREND,         /* samples of the prognosis closer than its looks at the supplies */
    CONFIG_ALERT,         /* no such pin or line, a pin used twice, or a storm without a limit */
    CONFIG_FAULTS
};

/* What a table may hold at most. Sums over a whole rack must fit 31 bits and a sign, what joined bars
 * lack, counted for each of them, 32 bits, and what one lacks after the worst loss 32 bits. */
enum {
    CONFIG_CAPACITY_MAX_mW = INT32_MAX / CTL_SUPPLIES,      /* 134 kW each of 16 */
    CONFIG_LOAD_MAX_mW = INT32_MAX / (CTL_BARS * CTL_BARS), /* 134 kW on each of 4 */
    CONFIG_SERVER_MAX_mW = INT32_MAX / CTL_SERVERS,         /* 33 kW each of 64 */
    CONFIG_VOLTAGE_MAX_mV = 100000,
    CONFIG_FALLS_MAX = 250, /* of an alert line before it is a storm: counted in a byte */
    CONFIG_TIME_MAX_us = 1800000000,
    CONFIG_REPORT_MAX_us = 60000000 /* of a report or an answer */
};

enum config_fault config_check(const struct ctl_config *cfg);
const char *config_fault_name(enum config_fault fault);

#endif
