package io.ottla.process;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a server process runs: this machine, or a network namespace of it with an address of its own.
 *
 * @param address what the server binds and what others dial
 * @param prefix what stands before the command line of a process that is to run there
 */
public record Host(String address, List<String> prefix) {
    /** This machine, by its loopback address. */
    public static final Host LOOPBACK = new Host("127.0.0.1", List.of());

    /** A port that was free a moment ago; a host with an address of its own always has the same one. */
    public int freePort(int ofItsOwn) {
        return prefix.isEmpty() ? Ports.free() : ofItsOwn;
    }

    List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }
}
