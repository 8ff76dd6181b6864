/* view.c - what the controller believes, for whoever wants to know: signals, logs, tests. */
#include "controller.h"
#include "pmbus.h"

#include "allocate.h"

enum controller_mode controller_mode(const struct controller *c)
{
    return c->mode;
}

enum config_fault controller_fault(const struct controller *c)
{
    return c->fault;
}

const struct controller_counts *controller_counts(const struct controller *c)
{
    return &c->count;
}

bool controller_journal(const struct controller *c, uint8_t n, struct journal_entry *entry)
{
    return journal_entry(&c->journal.ring, n, entry);
}

bool controller_dark_story(const struct controller *c, uint8_t n, struct journal_entry *entry)
{
    return journal_entry(&c->journal.story, n, entry);
}

static bool is_running(const struct controller *c)
{
    return c->mode == CONTROLLER_RUNNING;
}

static bool is_supply(const struct controller *c, uint8_t s)
{
    return is_running(c) && (s < c->cfg.n_supplies);
}

enum supply_state controller_supply_state(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) ? (enum supply_state)c->supplies[supply].state : SUPPLY_ABSENT;
}

uint32_t controller_supply_v_mV(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) ? c->supplies[supply].v_mV : 0U;
}

int32_t controller_supply_i_mA(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) ? c->supplies[supply].i_mA : 0;
}

uint32_t controller_supply_age_us(const struct controller *c, uint8_t supply)
{
    if (!is_supply(c, supply) || !c->supplies[supply].has_reading) {
        return CONTROLLER_AGE_NONE;
    }
    return c->now_us - c->supplies[supply].read_us;
}

uint16_t controller_supply_status(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) ? c->supplies[supply].status : 0U;
}

uint16_t controller_supply_history(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) ? c->supplies[supply].history : 0U;
}

uint8_t controller_supply_recorded(const struct controller *c, uint8_t supply, uint8_t reg)
{
    bool known = is_supply(c, supply) && (reg < (uint8_t)STATUS_REGISTERS);

    return known ? c->supplies[supply].recorded[reg] : 0U;
}

uint16_t controller_supply_lacks(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) ? c->supplies[supply].lacks : 0U;
}

enum prognosis_health controller_supply_health(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) ? (enum prognosis_health)c->prognoses[supply].health
                                : HEALTH_LEARNING;
}

uint32_t controller_supply_left_s(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) ? c->prognoses[supply].left_s : UINT32_MAX;
}

uint8_t controller_supply_confidence(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) ? c->prognoses[supply].confidence : 0U;
}

bool controller_supply_preempted(const struct controller *c, uint8_t supply)
{
    return is_supply(c, supply) && preempt_has_taken(c, supply);
}

static bool is_switch(const struct controller *c, uint8_t sw)
{
    return is_running(c) && (sw < c->cfg.n_switches);
}

bool controller_switch_wanted(const struct controller *c, uint8_t sw)
{
    return is_switch(c, sw) && c->contacts[sw].wanted;
}

bool controller_switch_told(const struct controller *c, uint8_t sw)
{
    return is_switch(c, sw) && c->contacts[sw].told;
}

bool controller_switch_read(const struct controller *c, uint8_t sw)
{
    return is_switch(c, sw) && c->contacts[sw].read;
}

bool controller_switch_stuck(const struct controller *c, uint8_t sw)
{
    return is_switch(c, sw) &&
           (c->contacts[sw].stuck || (c->contacts[sw].fault != (uint8_t)CONTACT_SOUND));
}

bool controller_feeds(const struct controller *c, uint8_t supply, uint8_t bar)
{
    for (uint8_t i = 0; is_running(c) && (i < c->cfg.n_switches); i++) {
        if ((c->cfg.switches[i].supply == supply) && (c->cfg.switches[i].bar == bar)) {
            return c->contacts[i].told;
        }
    }
    return false;
}

static bool has(const struct controller *c, uint8_t bars, uint8_t bar)
{
    return is_running(c) && (bar < c->cfg.n_bars) && (((uint32_t)bars >> bar) & 1U) != 0U;
}

bool controller_bar_served(const struct controller *c, uint8_t bar)
{
    return has(c, c->served, bar);
}

bool controller_bar_redundant(const struct controller *c, uint8_t bar)
{
    return has(c, c->redundant, bar);
}

static bool is_bar(const struct controller *c, uint8_t bar)
{
    return is_running(c) && (bar < c->cfg.n_bars);
}

uint32_t controller_bar_draw_mW(const struct controller *c, uint8_t bar)
{
    return is_bar(c, bar) ? c->demand.bars[bar].draw_mW : 0U;
}

uint32_t controller_bar_wanted_mW(const struct controller *c, uint8_t bar)
{
    return is_bar(c, bar) ? c->demand.bars[bar].wanted_mW : 0U;
}

uint32_t controller_bar_budget_mW(const struct controller *c, uint8_t bar)
{
    return is_bar(c, bar) ? c->demand.bars[bar].budget_mW : 0U;
}

enum ctl_ask controller_server_asked(const struct controller *c, uint16_t server)
{
    return (is_running(c) && (server < c->cfg.n_servers))
               ? (enum ctl_ask)c->demand.servers[server].wanted
               : CTL_ASK_NONE;
}

uint16_t controller_planned_ahead(const struct controller *c)
{
    return is_running(c) ? c->contingency.ready : 0U;
}

bool controller_is_planning(const struct controller *c)
{
    return is_running(c) && allocate_plans(c);
}

void controller_view(const struct controller *c, struct controller_view *v)
{
    v->mode = (uint8_t)c->mode;
    v->planned_ahead = controller_planned_ahead(c);
    for (uint8_t s = 0; s < (uint8_t)CTL_SUPPLIES; s++) {
        v->supplies[s].state = (uint8_t)controller_supply_state(c, s);
        v->supplies[s].health = (uint8_t)controller_supply_health(c, s);
        v->supplies[s].preempted = controller_supply_preempted(c, s);
        v->supplies[s].left_s = controller_supply_left_s(c, s);
    }
    for (uint8_t b = 0; b < (uint8_t)CTL_BARS; b++) {
        v->bars[b].draw_mW = controller_bar_draw_mW(c, b);
        v->bars[b].wanted_mW = controller_bar_wanted_mW(c, b);
        v->bars[b].budget_mW = controller_bar_budget_mW(c, b);
    }
    v->counts = c->count;
}
