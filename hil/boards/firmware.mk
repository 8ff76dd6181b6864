# firmware.mk - images of the controller for boards, one folder build/arm-BOARD/ each.
# Included by the Makefile at the top.

BOARDS := ast1030-evb lm3s6965evb mps2-an385
CORE_ast1030-evb := cortex-m4
CORE_lm3s6965evb := cortex-m3
CORE_mps2-an385  := cortex-m3
CORE_big         := cortex-m4

ARM    := arm-none-eabi-
STACK  := 0x800 # main(), the link and one step; the step's own part is measured by `make sizes`
IMAGES := $(foreach b,$(BOARDS),build/arm-$b/firmware.elf build/arm-$b/semihosting.elf)

# Soft floats, so that a float in the controller shows as a call that nobody defines. What keeps a
# loop's values at hand, and reorders for a pipeline that a Cortex-M3 doesn't have, takes 0.7 KiB.
ARM_SMALL    := -Os -fno-move-loop-invariants -fno-ivopts -fno-schedule-insns2
ARM_CFLAGS   := -std=c11 -g $(ARM_SMALL) -mthumb -mfloat-abi=soft -ffreestanding -ffunction-sections \
                -fdata-sections -fno-common -fcallgraph-info=su $(WARNINGS)
ARM_CPPFLAGS := -I. -isystem hil/boards/include

CONTROLLER_SRC := $(wildcard controller/*.c)
SHARED_SRC     := hil/link.c hil/boards/cortex_m.c hil/boards/main.c hil/boards/memory.c

define OBJECTS
build/arm-$(1)/%.o: %.c hil/boards/firmware.mk
	@mkdir -p $$(@D)
	@echo "  ARMCC   $$@"
	$(Q)$(ARM)gcc -mcpu=$(CORE_$(1)) $$(ARM_CPPFLAGS) $$(ARM_CFLAGS) -MMD -MP -c $$< -o $$@
-include $(patsubst %.c,build/arm-$(1)/%.d,$(CONTROLLER_SRC) $(SHARED_SRC) hil/boards/$(1).c \
           hil/boards/semihosting.c)
endef
define IMAGE
build/arm-$(1)/semihosting.elf: build/arm-$(1)/hil/boards/semihosting.o
build/arm-$(1)/firmware.elf build/arm-$(1)/semihosting.elf: \
    $(patsubst %.c,build/arm-$(1)/%.o,$(CONTROLLER_SRC) $(SHARED_SRC) hil/boards/$(1).c) \
    hil/boards/$(1).ld hil/boards/cortex-m.ld
	@echo "  LD      $$@"
	$(Q)$(ARM)gcc -mcpu=$(CORE_$(1)) -mthumb -mfloat-abi=soft -nostdlib -Wl,--gc-sections \
	    -Wl,--no-warn-rwx-segments -Wl,--defsym=STACK=$(STACK) -Wl,-Map=$$(@:.elf=.map) \
	    -T hil/boards/$(1).ld $$(filter %.o,$$^) -lgcc -o $$@
endef
$(foreach b,$(BOARDS),$(eval $(call IMAGE,$b)))
$(foreach b,$(BOARDS) big,$(eval $(call OBJECTS,$b)))

LINKS := $(BOARDS:%=build/arm-%/hil/link.o)
$(LINKS): ARM_CPPFLAGS += -DPOWERGAP_FIRMWARE='"$(FIRMWARE)"'
$(LINKS): $(FIRMWARE_SRC)

# A compiler may turn the loop of memcpy into a call of memcpy.
$(BOARDS:%=build/arm-%/hil/boards/memory.o): ARM_CFLAGS += -fno-tree-loop-distribute-patterns

# The controller for the largest racks; no board of ours has the memory.
BIG := $(patsubst %.c,build/arm-big/%.o,$(CONTROLLER_SRC) hil/boards/main.c)
$(BIG): ARM_CPPFLAGS += $(BIG_LIMITS)

.PHONY: firmware images
## install what is missing, build the controller's images for Cortex-M4 and Cortex-M3 boards
firmware:
	@sh tests/tools/deps.sh firmware
	+@$(PARALLEL) images
	@$(ARM)size $(IMAGES)
images: $(IMAGES)

.PHONY: sizes firmware-check
## measure code, memory and stack of the controller on a board into controller/SIZES.md
sizes: firmware
	+@$(PARALLEL) $(BIG)
	@ARM=$(ARM) sh tests/tools/sizes.sh >controller/SIZES.md

## images within their limits, controller/SIZES.md up to date, no float and no libc in the objects
firmware-check: firmware
	+@$(PARALLEL) $(BIG)
	@NM=$(ARM)nm sh tests/tools/layers.sh --bare $(patsubst %.c,build/arm-lm3s6965evb/%.o,$(CONTROLLER_SRC))
	@NM=$(ARM)nm sh tests/tools/layers.sh --bare $(patsubst %.c,build/arm-ast1030-evb/%.o,$(CONTROLLER_SRC))
	@ARM=$(ARM) sh tests/tools/sizes.sh >build/SIZES.md
	@diff controller/SIZES.md build/SIZES.md || { echo "'make sizes' renews controller/SIZES.md" >&2; exit 1; }

# ---- The controller on a board, the rack simulated -----------------------------------------------

# A part of every kind; over the serial port, which is what a real board has, too, short ones.
HIL_CHOSEN := $(addprefix scenarios/,psu-failure/fet.yaml psu-failure/tripped-comes-back.yaml \
              serial-bus/stuck-sda.yaml shorts/with-oring.yaml controller/reset-in-transfer.yaml \
              controller/hung-and-watchdog.yaml contingency/single.yaml interrupt/interrupt.yaml \
              server-channel/feed-loss.yaml)
HIL_SERIAL := $(addprefix scenarios/,psu-failure/fet.yaml controller/reset-in-transfer.yaml)

LOCKSTEP = sh tests/hil/lockstep.sh $(BIN)

.PHONY: hil hil-all
## play chosen scenarios with the controller on each emulated board: the same events (hil-all: every scenario)
hil: firmware
	+@$(PARALLEL) $(BIN)
	@for b in $(BOARDS); do \
	    echo "$$b: timeout 3600 $(LOCKSTEP) qemu:$$b $(HIL_CHOSEN)"; \
	    echo "$$b, serial port: timeout 600 $(LOCKSTEP) qemu:$$b@uart $(HIL_SERIAL)"; \
	 done | sh tests/tools/tally.sh $(JOBS) build/hil
hil-all:
	+@$(MAKE) --no-print-directory hil HIL_CHOSEN="$(SCENARIOS)"

.PHONY: $(BOARDS:%=firmware-%)
## build the image of one board: make firmware-lm3s6965evb
$(BOARDS:%=firmware-%): firmware-%:
	@sh tests/tools/deps.sh firmware
	+@$(PARALLEL) build/arm-$*/firmware.elf build/arm-$*/semihosting.elf
	@$(ARM)size build/arm-$*/firmware.elf

# How an image gets onto a real board; where no tool of Debian does it, what to do.
FLASH_lm3s6965evb := openocd -f board/ek-lm3s6965.cfg -c "program IMAGE verify reset exit"
FLASH_mps2-an385  := echo "copy IMAGE to the board's USB disk as SOFTWARE/firmware.axf and name it there in images.txt"; false
FLASH_ast1030-evb := echo "turn IMAGE into a binary (objcopy -O binary); the boot ROM takes it over UART5 or from SPI"; false

.PHONY: flash
## put the firmware onto a real board: make flash BOARD=lm3s6965evb
flash:
	@test -n "$(filter $(BOARD),$(BOARDS))" || { echo "make flash BOARD=..., one of $(BOARDS)"; exit 2; }
	+@$(MAKE) --no-print-directory firmware-$(BOARD)
	$(subst IMAGE,build/arm-$(BOARD)/firmware.elf,$(FLASH_$(BOARD)))
