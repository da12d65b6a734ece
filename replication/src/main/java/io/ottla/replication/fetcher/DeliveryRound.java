package io.ottla.replication.fetcher;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All that one response brings for partitions of one home loop. Made by the fetcher's loop, then handed over and back. */
final class DeliveryRound {

    private final EventExecutor home;
    private final List<Delivery> deliveries = new ArrayList<>();

    DeliveryRound(EventExecutor home) {
        this.home = home;
    }

    void add(Delivery delivery) {
        deliveries.add(delivery);
    }

    /** Carries all out, at once if the home loop is the one that runs; then tells, on {@code loop}. */
    void start(EventExecutor loop, Consumer<List<Delivery>> onDelivered) {
        if (home.inEventLoop()) {
            deliveries.forEach(Delivery::carryOut);
            onDelivered.accept(deliveries);
        } else {
            home.execute(() -> {
                deliveries.forEach(Delivery::carryOut);
                loop.execute(() -> onDelivered.accept(deliveries));
            });
        }
    }
}
