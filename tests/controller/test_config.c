/* Tables that a controller must refuse, each with its reason. */
#include "rack.h"

static struct ctl_config sound(void)
{
    return rack_one_bar(1);
}

#define REFUSES(change, reason)                                                                    \
    do {                                                                                           \
        struct ctl_config cfg = sound();                                                           \
        change;                                                                                    \
        enum config_fault fault = config_check(&cfg);                                              \
        cr_assert_eq(fault, reason, #change ": %s", config_fault_name(fault));                     \
    } while (0)

Test(config, a_sound_table_passes)
{
    REFUSES((void)cfg, CONFIG_SOUND);
    REFUSES(cfg.n_switches = 0, CONFIG_SOUND); /* it may be there to watch */
}

Test(config, each_mistake_has_its_reason)
{
    REFUSES(cfg.n_supplies = CTL_SUPPLIES + 1, CONFIG_TOO_MANY);
    REFUSES(cfg.n_switches = 255, CONFIG_TOO_MANY);
    REFUSES(cfg.n_bars = 0, CONFIG_NOTHING);
    REFUSES(cfg.n_supplies = 0, CONFIG_NOTHING);
    REFUSES(cfg.switches[2].supply = 4, CONFIG_NO_SUCH);
    REFUSES(cfg.switches[2].bar = 1, CONFIG_NO_SUCH);
    REFUSES(cfg.switches[2].expander = 1, CONFIG_NO_SUCH);
    REFUSES(cfg.supplies[0].bus = CTL_BUSES, CONFIG_NO_SUCH);
    REFUSES(cfg.supplies[0].chip = 200, CONFIG_NO_SUCH);
    REFUSES(cfg.supplies[0].address = 0x0C, CONFIG_ADDRESS); /* alert response */
    REFUSES(cfg.supplies[0].address = 0x78, CONFIG_ADDRESS);
    REFUSES(cfg.supplies[0].address = 0x00, CONFIG_ADDRESS);
    REFUSES(cfg.supplies[0].mux_address = 0xF0, CONFIG_ADDRESS);
    REFUSES(cfg.supplies[0].channel = 8, CONFIG_CHANNEL);
    REFUSES(cfg.supplies[0].channel = 1, CONFIG_ADDRESS_TWICE);
    REFUSES(cfg.supplies[0].address = 0x70, CONFIG_ADDRESS_TWICE); /* the mux's own */
    REFUSES(cfg.supplies[0].mux_address = CTL_NO_MUX, CONFIG_ADDRESS_TWICE);
    REFUSES(cfg.switches[1].bit = 16, CONFIG_BIT);
    REFUSES(cfg.switches[1].bit = 0, CONFIG_BIT);
    REFUSES((cfg.switches[1].supply = 0), CONFIG_SWITCH_TWICE);
    REFUSES(cfg.bars[0].v_high_mV = cfg.bars[0].v_low_mV, CONFIG_WINDOW);
    REFUSES(cfg.supplies[3].capacity_mW = 0, CONFIG_POWER);
    REFUSES(cfg.supplies[3].capacity_mW = UINT32_MAX, CONFIG_POWER);
    REFUSES(cfg.bars[0].load_mW = UINT32_MAX, CONFIG_POWER);
    REFUSES(cfg.sweep_us = UINT32_MAX, CONFIG_TIME);
    REFUSES(cfg.switches[0].close_us = UINT32_MAX, CONFIG_TIME);
    REFUSES(cfg.trend_us = 1000, CONFIG_TREND);
    REFUSES(cfg.trend_us = UINT32_MAX, CONFIG_TIME);
    REFUSES(cfg.look = 101, CONFIG_LANES);
    REFUSES(cfg.slow = 7, CONFIG_LANES);
    REFUSES((cfg.sweep_us = 1800000000, cfg.look = 2), CONFIG_LANES);
    REFUSES(cfg.report_us = UINT32_MAX, CONFIG_TIME);
    REFUSES(cfg.answer_us = UINT32_MAX, CONFIG_TIME);
}

Test(config, each_mistake_in_a_server_has_its_reason)
{
    REFUSES(cfg.n_servers = CTL_SERVERS + 1, CONFIG_TOO_MANY);
    REFUSES((cfg.n_servers = 1, cfg.servers[0].bars = 0), CONFIG_NO_SUCH);
    REFUSES((cfg.n_servers = 1, cfg.servers[0].bars = 2), CONFIG_NO_SUCH);
    REFUSES((cfg.n_servers = 1, cfg.servers[0].bars = 1), CONFIG_SOUND);
    REFUSES((cfg.n_servers = 1, cfg.servers[0].bars = 1, cfg.servers[0].least_mW = 1),
            CONFIG_POWER); /* a cap above what it draws */
    REFUSES((cfg.n_servers = 1, cfg.servers[0].bars = 1, cfg.servers[0].rated_mW = UINT32_MAX),
            CONFIG_POWER);
    REFUSES((cfg.n_servers = 1, cfg.servers[0].bars = 1, cfg.servers[0].surge_mW = UINT32_MAX),
            CONFIG_POWER);
}

/* Two lines: pin 3 with all supplies, pin 4 with none. */
static void two_lines(struct ctl_config *cfg)
{
    rack_add_alerts(cfg);
    cfg->alert.n_lines = 2;
    cfg->alert.pin[1] = 4;
}

Test(config, each_mistake_about_alert_lines_has_its_reason)
{
    REFUSES(two_lines(&cfg), CONFIG_SOUND);
    REFUSES((two_lines(&cfg), cfg.alert.line_of[2] = CTL_NO_ALERT), CONFIG_SOUND);
    REFUSES((two_lines(&cfg), cfg.alert.n_lines = CTL_ALERTS + 1), CONFIG_TOO_MANY);
    REFUSES((two_lines(&cfg), cfg.alert.pin[1] = 3), CONFIG_ALERT);
    REFUSES((two_lines(&cfg), cfg.alert.pin[1] = 32), CONFIG_ALERT);
    REFUSES((two_lines(&cfg), cfg.alert.line_of[2] = 2), CONFIG_ALERT);
    REFUSES((two_lines(&cfg), cfg.alert.storm_falls = 0), CONFIG_ALERT);
    REFUSES((two_lines(&cfg), cfg.alert.storm_falls = 255), CONFIG_ALERT);
    REFUSES((two_lines(&cfg), cfg.alert.storm_us = 0), CONFIG_ALERT);
    REFUSES((two_lines(&cfg), cfg.alert.idle_us = UINT32_MAX), CONFIG_TIME);
    REFUSES((two_lines(&cfg), cfg.alert.storm_most_us = UINT32_MAX), CONFIG_TIME);
    REFUSES((two_lines(&cfg), cfg.alert.mux_tells[0] = true,
             cfg.supplies[3].mux_address = CTL_NO_MUX, cfg.supplies[3].address = 0x59),
            CONFIG_ALERT);
}
