/* sources.c - the list, and how it is looked up. */
#include "sources.h"

#include <ctype.h>
#include <string.h>

/* TPS: the maker's technical product specification. */
const struct citation sources[] = {
    {"S1", "Aydin (Delta), Soin (Advanced Energy): Requirements/Considerations of Next Generation "
           "ORv3 PSU and Power Shelves"},
    {"S3", "xmight.com, power supply product page (a vendor's claim)"},
    {"S3a", "Intel Server Board S2400BB TPS, table 51"},
    {"S4", "Intel Server System H2000WP TPS, 3.3.14 and 3.3.15"},
    {"S5", "Intel Server System P4000IP/P4000CR TPS, G38159, pages 33, 43, 44, 55, 57"},
    {"S6", "Intel SC5650 TPS pages 97-99, SC5650HCBRP TPS page 84, S5000PAL TPS page 74; SSI ERP2U "
           "power supply guide 2.31"},
    {"S8", "Intel Server System R2000IP TPS, page 32"},
    {"S9", "Intel Server System SR1690WB TPS, page 18"},
    {"S9a", "Intel Server System R1000RP TPS page 27, R1000SPO TPS page 26"},
    {"S11", "Intel Server System SR2625UR TPS, pages 30-31"},
    {"S13", "Intel Server System R2000WF TPS page 47, R1000GZ TPS page 33"},
    {"S15", "Vertiv R48-2000e3 manual, UM1R483500E page 20; Emerson R48-3200 manual 1.0"},
    {"S16", "Alpha Cordex CXRF 24-3.1 kW and 48-3.6 kW manuals"},
    {"S17", "GE Galaxy Power System 4848/100 user's guide, page 4-3"},
    {"S18", "Allen-Bradley 1606-XLS960F-3 data sheet"},
    {"S19", "Emerson/Astec HPS3000-9 data sheet"},
    {"S26", "coolingzone.com, library 414: criteria of fan failure"},
    {"S36", "Texas Instruments LM5050-1 data sheet, SNVS629"},
    {"S37", "Analog Devices LTC4359 data sheet, page 11"},
    {"S38", "Analog Devices LTC4418 data sheet, page 2"},
    {"S40", "Texas Instruments LM25069 data sheet, SNVS607E page 4"},
    {"S43", "Nexperia PSMNR70-30YLH data sheet"},
    {"S44", "Texas Instruments CSD19531KCS data sheet, SLPS407D"},
    {"S46", "TE Connectivity EVC 135 contactor data sheet"},
    {"S48", "Durakool DEVR40 contactor data sheet"},
    {"S51", "Zettler AZ973 relay data sheet"},
    {"S53", "Panasonic ASCT1F46E data sheet, page 4"},
    {"S54", "Eaton 139556 data sheet, page 5"},
    {"S55", "Schneider Electric Compact NS catalogue, page A-65"},
    {"S56", "Schneider Electric Compact NSF/NSJ, class 615, page 30"},
    {"S57", "Schneider Electric Masterpact NT/NW catalogue, page 39"},
    {"S58", "ABB VD4 catalogue page 18, VMAX catalogue page 13"},
    {"S60", "Delta D48S1238-2 data sheet"},
    {"S61", "Delta V48SR05013 data sheet"},
    {"S63", "AT&T Definity system description, power table Q"},
    {"S67", "Lenovo XClarity Controller: managing the server power using DCMI commands"},
    {"S71", "Dell OpenManage Power Center white paper, page 18"},
    {"S73", "Methode network bus bars, design guide"},
    {"S75", "copper bus bar tables of moletenare-ew.co.za and fivesunsecoenergy.fr"},
    {"S76",
     "System Management Bus (SMBus) Specification 3.0; Intel 6 series data sheet page 327; ST "
     "RM0453, RM0367"},
    {"S76b", "Open Compute Open Rack V3 bus bar, engdatabase.com"},
    {"S77", "Geehy APM32F030 user manual, page 279"},
    {"S78", "Linux, drivers/hwmon/pmbus/pmbus.h"},
    {"S79", "Linux, drivers/i2c/i2c-smbus.c"},
    {"S81", "linux-i2c mailing list, message 08211 and following; i2c-st"},
    {"S83", "NXP PCA9548A; Texas Instruments TCA9548A-Q1 SCPS273C, TCA9546A SCPS205B data sheets"},
    {"S84", "sonic-net/sonic-linux-kernel, issue 348"},
    {"S85", "Texas Instruments TCA9535 SCPS201E, PCA9535 SCPS129K, TCA9555 SCPS200E, TCA9539-Q1 "
            "SCPS254D data sheets"},
    {"S89", "Texas Instruments UCD90320 SLVUAW9C, TPS546C25, TPSM8S6B24S; Microchip PMBus command "
            "table"},
    {"S90",
     "Linux tda38740, max15301 and i2c-ismt patches; PsuStatusMonitor.hpp: retries and delays"},
    {"S94", "missioncriticalmagazine.com, article 83401"},
    {"S97", "interfacebus.com, power supply derating guide"},
    {NULL, NULL},
};
_Static_assert(sizeof sources / sizeof *sources <= SOURCES_MAX, "SOURCES_MAX sources at most");

static const struct citation *find(const char *id, size_t n)
{
    for (const struct citation *s = sources; s->id != NULL; s++) {
        if (strlen(s->id) == n && strncmp(s->id, id, n) == 0) {
            return s;
        }
    }
    return NULL;
}

const struct citation *source_find(const char *id)
{
    return find(id, strlen(id));
}

void sources_cited(const char *remark, void (*each)(void *ctx, const struct citation *s), void *ctx)
{
    for (const char *at = remark; *at != '\0';) {
        size_t n = 0;
        while (isalnum((unsigned char)at[n])) {
            n++;
        }
        const struct citation *s = n > 1 && at[0] == 'S' ? find(at, n) : NULL;
        if (s != NULL) {
            each(ctx, s);
        }
        at += n > 0 ? n : 1;
    }
}

struct printing {
    FILE *out;
    const char *before;
};

static void print_one(void *ctx, const struct citation *s)
{
    const struct printing *p = ctx;

    fprintf(p->out, "%s%s: %s\n", p->before, s->id, s->title);
}

void sources_print_cited(FILE *out, const char *remark, const char *before)
{
    struct printing p = {.out = out, .before = before};

    sources_cited(remark, print_one, &p);
}
