# daemon.mk - powergapd, the controller on Linux with a real rack. Included by the top Makefile. libgpiod
# and libsystemd are needed for it alone.

DAEMON_SRC := $(wildcard hil/linux/*.c)
DAEMON     := $(B)/powergapd

-include $(patsubst %.c,$(B)/%.d,$(DAEMON_SRC))

$(DAEMON): $(call objects,$(DAEMON_SRC)) $(LIB)
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -lgpiod -lsystemd -o $@
$(DAEMON): LDFLAGS += $(if $(WHOLE),-flto=$(JOBS))

# Its test plays the kernel by umockdev and stands in for libgpiod.
GPIO_STAND_IN := $(B)/tests/linux/stand_in/libgpiod.so.2
$(GPIO_STAND_IN): tests/linux/stand_in/gpiod.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  CC      $@"
	$(Q)$(CC) $(CPPFLAGS) -std=c11 -g -O1 $(WARNINGS) -fPIC -shared -Wl,-soname,libgpiod.so.2 $< -o $@

$(B)/tests/linux/%.o: private CPPFLAGS += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags umockdev-1.0 2>/dev/null))
$(B)/tests/linux/test_%: LDLIBS += $(or $(shell pkg-config --libs umockdev-1.0 2>/dev/null),-lumockdev)
tests: $(DAEMON) $(GPIO_STAND_IN)

.PHONY: powergapd
## install what is missing, build powergapd: the controller on Linux, wired to a real rack
powergapd:
	@sh tests/tools/deps.sh run daemon
	+@$(PARALLEL) $(DAEMON)

.PHONY: install-powergapd
# Of `make install`, if it was built.
install-powergapd:
	install -d $(I)/sbin $(I)/share/man/man8 $(I)/lib/systemd/system
	install $(DAEMON) $(I)/sbin/powergapd
	install -m 644 hil/linux/powergapd.8 $(I)/share/man/man8
	sed 's|@BINDIR@|$(PREFIX)/sbin|' hil/linux/powergapd.service >$(I)/lib/systemd/system/powergapd.service
