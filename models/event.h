/* event.h - everything that can happen in a rack, by name.
 *
 * One row gives the enum, the word in events.csv and its explanation. */
#ifndef MODELS_EVENT_H
#define MODELS_EVENT_H

/* clang-format off */
#define EVENTS(ROW) \
    ROW(EV_START,           "start",           "the run begins") \
    ROW(EV_ACTION,          "action",          "the scenario acts on the part") \
    /* feeds */ \
    ROW(EV_FEED_LOST,       "feed_lost",       "the AC feed opens") \
    ROW(EV_FEED_BACK,       "feed_back",       "the AC feed returns") \
    ROW(EV_FEED_STEP,       "feed_step",       "the AC feed's voltage changes") \
    /* supplies */ \
    ROW(EV_INPUT_LOST,      "input_lost",      "the supply's input is gone, it lives on its bulk capacitor") \
    ROW(EV_INPUT_BACK,      "input_back",      "the supply's input has returned") \
    ROW(EV_WARNING,         "pwok_low",        "the power-good signal falls") \
    ROW(EV_POWER_GOOD,      "pwok_high",       "the power-good signal rises") \
    ROW(EV_LOW_ENERGY,      "low_energy",      "half of the hold-up energy is spent, the output steps down") \
    ROW(EV_HOLD_UP_SPENT,   "hold_up_spent",   "the hold-up energy is spent, the output stops") \
    ROW(EV_DEAD,            "converter_dead",  "the output stage has failed without warning") \
    ROW(EV_OUTPUT_ON,       "output_on",       "the output begins its ramp") \
    ROW(EV_REGULATED,       "regulated",       "the output has reached its set-point") \
    ROW(EV_OUTPUT_OFF,      "output_off",      "the output is off") \
    ROW(EV_STARTING,        "starting",        "the start-up delay begins") \
    ROW(EV_LIMIT,           "limit",           "the source enters its current or power limit") \
    ROW(EV_LIMIT_END,       "limit_end",       "the source leaves its limit") \
    ROW(EV_OVERLOAD,        "overload_trip",   "the overload budget is spent, the output stops") \
    ROW(EV_OVER_VOLTAGE,    "over_voltage",    "the over-voltage comparator latches the output off") \
    ROW(EV_OVER_TEMPERATURE,"over_temperature","the output stops, too hot") \
    ROW(EV_COOL,            "cool",            "cool enough to start again") \
    ROW(EV_INLET,           "inlet",           "the air at the supply's inlet changes") \
    ROW(EV_DERATED,         "derated",         "the air changes what the supply's rating is") \
    ROW(EV_SHORTED,         "shorted",         "a short stands at the output") \
    ROW(EV_SHORT_GONE,      "short_gone",      "the short is gone") \
    ROW(EV_ORING_OFF,       "oring_off",       "the ORing stage blocks") \
    ROW(EV_ORING_ON,        "oring_on",        "the ORing stage conducts") \
    ROW(EV_COMMAND_ON,      "command_on",      "a command switches the output on") \
    ROW(EV_COMMAND_OFF,     "command_off",     "a command switches the output off") \
    ROW(EV_FAULT_ON,        "fault_on",        "a fault is put into the part") \
    ROW(EV_FAULT_OFF,       "fault_off",       "the fault is taken out of the part") \
    /* switches */ \
    ROW(EV_CLOSE_COMMAND,   "close_command",   "the control input asks for closed") \
    ROW(EV_OPEN_COMMAND,    "open_command",    "the control input asks for open") \
    ROW(EV_CONDUCTS,        "conducts",        "the switch begins to conduct") \
    ROW(EV_CLOSED,          "closed",          "the switch is fully closed") \
    ROW(EV_BOUNCE_OPEN,     "bounce_open",     "the contact bounces open") \
    ROW(EV_BOUNCE_CLOSED,   "bounce_closed",   "the contact bounces closed") \
    ROW(EV_OPENS,           "opens",           "the switch begins to open") \
    ROW(EV_OPEN,            "open",            "the switch no longer conducts") \
    ROW(EV_TRIP,            "trip",            "the breaker trips") \
    ROW(EV_REFUSED,         "refused",         "the breaker refuses to close: not recharged, tripped or closed too often") \
    ROW(EV_WELDED,          "welded",          "the contact has welded") \
    ROW(EV_WORN,            "worn",            "the contact's life is spent") \
    ROW(EV_SOA,             "soa",             "the FET has left its safe operating area") \
    ROW(EV_DROP_OUT,        "drop_out",        "the coil supply is too low, the relay falls open") \
    ROW(EV_RESET,           "reset",           "reset by hand or by its reset line") \
    /* servers and loads */ \
    ROW(EV_UVLO,            "uvlo",            "the input is under its lock-out, the load stops") \
    ROW(EV_INSERTION,       "insertion",       "the input is back, the insertion delay begins") \
    ROW(EV_BOOT,            "boot",            "the converters run, the server boots") \
    ROW(EV_LOAD_ON,         "load_on",         "the load runs") \
    ROW(EV_LOAD_STEP,       "load_step",       "the load's power changes") \
    ROW(EV_LOAD_OFF,        "load_off",        "the load is switched off") \
    ROW(EV_ASKED,           "asked",           "a request of the controller reaches the server: a cap in watts, 0 off, inf free") \
    ROW(EV_LIMITED,         "limited",         "the server draws no more than this from now on") \
    ROW(EV_DECLINED,        "declined",        "the server does not do what it is asked") \
    ROW(EV_WAITS,           "waits",           "the server could start, and waits until it is told to") \
    ROW(EV_ANNOUNCED,       "announced",       "the server says what it will draw before long") \
    ROW(EV_TAKES_OVER,      "takes_over",      "the input ORing begins to conduct") \
    ROW(EV_LETS_GO,         "lets_go",         "the input ORing stops conducting") \
    /* serial buses and the devices on them */ \
    ROW(EV_TRANSFER,        "transfer",        "a transfer has ended well") \
    ROW(EV_NACK,            "nack",            "a transfer was not acknowledged") \
    ROW(EV_BUS_TIMEOUT,     "bus_timeout",     "a transfer has timed out, a line is stuck") \
    ROW(EV_TRANSFER_CUT,    "transfer_cut",    "the master was reset in the middle of a transfer") \
    ROW(EV_BUS_CLEAR,       "bus_clear",       "nine clocks and a stop") \
    ROW(EV_MUX_RESET,       "mux_reset",       "the muxes are reset, all channels off") \
    ROW(EV_PINS,            "pins",            "the expander's pins change") \
    ROW(EV_ALERT,           "alert",           "the alert line falls at the controller's pin") \
    ROW(EV_ALERT_END,       "alert_end",       "the alert line is high again") \
    ROW(EV_POWER_ON_RESET,  "power_on_reset",  "the device has lost its registers") \
    /* the controller */ \
    ROW(EV_DECIDE,          "decide",          "the controller changes its mind about a supply, a switch or a plan") \
    ROW(EV_REQUEST,         "request",         "the controller asks a server: a cap in watts, 0 off, inf free") \
    ROW(EV_CONTROLLER_RESET,"controller_reset","the controller is reset") \
    /* the plant itself */ \
    ROW(EV_CHATTER,         "chatter",         "an instant does not settle")
/* clang-format on */

#define EVENT_ENUM(id, word, doc) id,
enum event_kind { EVENTS(EVENT_ENUM) EVENT_KINDS };
#undef EVENT_ENUM

/* The word in events.csv. */
const char *event_word(enum event_kind kind);

/* What the word means, one sentence. */
const char *event_doc(enum event_kind kind);

#endif
