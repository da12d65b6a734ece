package io.ottla.bench.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.ottla.process.MachineMemory;
import org.junit.jupiter.api.Test;

/** Goal: the columns of /proc are the right ones. Method: texts as the kernel writes them, and this very process. */
class ProcFsTest {
    private static final String STAT =
            "4711 (java (main) x) S 1 4711 4711 0 -1 4194560 51516 0 12 0 1234 56 7 8 20 0 31 0 900 8000000 30000";

    @Test
    void readsUserAndSystemTimeBehindAnAwkwardName() {
        assertThat(ProcessTimes.parse(STAT)).isEqualTo(new ProcessTimes(1234, 56));
        assertThat(ProcessTimes.parse(STAT).cpuSeconds()).isEqualTo(12.90, within(1e-9));
        assertThat(ProcessTimes.parse(STAT).systemSeconds()).isEqualTo(0.56, within(1e-9));
    }

    @Test
    void readsTheTimesOfChildrenThatHaveEnded() {
        assertThat(ProcessTimes.parseChildren(STAT)).isEqualTo(new ProcessTimes(7, 8));
        assertThat(ProcFs.endedChildren().cpuSeconds()).isNotNegative();
    }

    @Test
    void refusesWhatIsNoStatLine() {
        assertThatThrownBy(() -> ProcessTimes.parse("4711 java S"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4711 java S");
    }

    @Test
    void readsPeakAndResidentMemoryInBytes() {
        String status = "Name:\tjava\nVmPeak:\t 9000000 kB\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\nThreads:\t31\n";
        assertThat(ProcessMemory.parse(status)).isEqualTo(new ProcessMemory(2048 * 1024, 1024 * 1024));
    }

    @Test
    void refusesAStatusWithoutMemory() {
        assertThatThrownBy(() -> ProcessMemory.parse("Name:\tkthreadd\n")).hasMessageContaining("VmHWM");
    }

    @Test
    void countsGuestTimeOnceAndStolenTimeApart() {
        String stat = "cpu  100 10 50 800 20 1 2 17 99 3\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assertThat(MachineTimes.parse(stat)).isEqualTo(new MachineTimes(160, 17, 1000));
    }

    @Test
    void readsTheMemoryOfTheMachineInBytes() {
        MachineMemory memory = MachineMemory.parse("MemTotal:       24681976 kB\nMemFree:  13209 kB\nCached: 1 kB\n");
        assertThat(memory).isEqualTo(new MachineMemory(24_681_976L << 10, 13_209L << 10));
        assertThatThrownBy(() -> MachineMemory.parse("MemTotal: 1 kB")).hasMessageContaining("MemFree");
    }

    @Test
    void seesThisProcess() {
        long pid = ProcessHandle.current().pid();
        assertThat(ProcFs.memory(pid).residentBytes()).isPositive();
        assertThat(ProcFs.openFiles(pid)).isPositive();
        assertThat(ProcFs.times(pid).cpuSeconds()).isNotNegative();
        assertThat(ProcFs.machine().allTicks()).isPositive();
        assertThat(MachineMemory.now().freeBytes())
                .isBetween(1L, MachineMemory.now().totalBytes());
    }
}
