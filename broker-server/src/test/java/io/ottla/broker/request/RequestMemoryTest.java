package io.ottla.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Request memory admits while anything is free, and wakes those who wait in turn. */
class RequestMemoryTest {

    private final RequestMemory memory = new RequestMemory(100);
    private final List<String> woken = new ArrayList<>();

    @Test
    void admitsAFrameLargerThanTheLimitWhenAlone() {
        assertThat(memory.tryReserve(1000)).isTrue();
        assertThat(memory.tryReserve(1)).isFalse();
        memory.release(1000);
        assertThat(memory.tryReserve(1)).isTrue();
    }

    @Test
    void wakesOneWaiterForEachRelease() {
        memory.tryReserve(100);
        memory.await(() -> woken.add("first"));
        memory.await(() -> woken.add("second"));
        assertThat(woken).isEmpty();
        memory.release(60);
        assertThat(woken).containsExactly("first");
        memory.release(40);
        assertThat(woken).containsExactly("first", "second");
    }

    @Test
    void wakesTheNextWhenTheOneBeforeLeftRoom() {
        memory.tryReserve(100);
        memory.await(() -> woken.add(memory.tryReserve(10) ? "first" : "refused"));
        memory.await(() -> woken.add("second"));
        memory.release(100);
        assertThat(woken).containsExactly("second", "first");
    }

    @Test
    void wakesAtOnceWhenMemoryIsFreeAlready() {
        memory.await(() -> woken.add("only"));
        assertThat(woken).containsExactly("only");
    }
}
