@NullMarked
package io.ottla.broker.bootstrap;

import org.jspecify.annotations.NullMarked;
